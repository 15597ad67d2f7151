"""Why do the counters disagree?"""
