"""What `earsight` can be told to do: one module a command, each with add_arguments() and run()."""
