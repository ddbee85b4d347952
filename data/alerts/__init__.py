"""Rules on numbers and scheduled pages: judged when a period is complete, delivered once, by e-mail or webhook."""
