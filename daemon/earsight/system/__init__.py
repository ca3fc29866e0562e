"""What the operating system offers: systemd, storage, throttling, who uses a device."""
