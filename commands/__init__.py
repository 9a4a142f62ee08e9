"""The commands, one file each, and the wiring of the rooms that they share."""
