"""Networks of heterogeneous Izhikevich neurons and their mean field."""
