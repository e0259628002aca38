"""What is installed into the environment that trainees work in, and the program that installs it."""
