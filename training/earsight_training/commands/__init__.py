"""The commands of earsight-train, one module each: add_arguments(parser), and run(arguments) -> status."""
