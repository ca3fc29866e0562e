"""Where pictures come from: devices and replayed photos behind one contract."""
