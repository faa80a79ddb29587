"""The embedded newsroom: a folder of pages served over loopback HTTP as sites with feeds, for demo and tests."""
