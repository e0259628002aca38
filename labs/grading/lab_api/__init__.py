"""What a Lab may ask of the portal, for the person that its hub token names."""
