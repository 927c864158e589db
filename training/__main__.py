"""`python -m training` is `inspector-train`: the form that torchrun starts."""

from training.cli import main

main()
