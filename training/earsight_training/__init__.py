"""Training, scoring and export of Earsight's captioners. Ends in a model bundle; never imports the daemon."""
