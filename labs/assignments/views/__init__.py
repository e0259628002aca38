"""Pages of labs: authoring and assigning, changing what was set, extensions, checks of a release."""
