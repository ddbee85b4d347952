"""What stands between the network and the pages: each module is one layer around the app."""
