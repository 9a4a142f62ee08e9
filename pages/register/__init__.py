"""The register: its list and its files, each consultation and each mail in full."""
