"""What do the published tables say, and what do these networks cost?"""
