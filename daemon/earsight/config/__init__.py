"""The settings: the schema, the loader with its error messages, and the file watcher."""
