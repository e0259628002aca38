"""The grader: what both sides of its socket agree on, the engine, and the client by which Django asks it.

The engine and the protocol are copied into the trainees' environment as `chengxue_grader`; the client stays here.
"""
