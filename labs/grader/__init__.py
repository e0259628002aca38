"""The grader: the engine that runs notebooks in sandboxes, and the client by which Django asks it."""
