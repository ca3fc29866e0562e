"""The service: builds the parts, runs them, watches over them, and ends them."""
