"""What a lot of many bays costs Home Assistant, and who has it open in a browser meanwhile."""
