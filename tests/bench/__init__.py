"""`python -m tests.bench`: what the program costs, beside yardsticks of the same run. Ratios count, not numbers."""
