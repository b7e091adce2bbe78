"""What happens outside requests: RQ workers that send and run jobs, and the ticker that sees to time.

Only this package knows RQ and Redis, and only it sends. Redis holds nothing that cannot be made again.
"""
