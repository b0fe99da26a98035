"""What the digits flow is made of. These modules travel with the flow to every step."""
