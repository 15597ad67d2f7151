"""What does the cost follow from?"""
