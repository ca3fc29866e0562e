"""What makes Earsight look: buttons, keys, the control socket."""
