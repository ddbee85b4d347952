"""What becomes of the data when something breaks: a process that is killed before any of its writes, a disk without room, a clock that
jumps, two processes, a damaged file. After each the state is the one before or the one after, nothing in between. See `make test-faults`.
"""
