"""What there is: the catalogue of sites, its words, opening hours and the lunar calendar."""
