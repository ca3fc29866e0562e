"""What stands before the application: each is an ASGI application around another."""
