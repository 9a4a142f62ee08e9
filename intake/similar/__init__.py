"""Similar work: which earlier consultations asked the same young people the same thing."""
