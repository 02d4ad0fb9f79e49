//! What the configurations of the repository say that one sees.
