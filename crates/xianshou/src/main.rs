//! xianshou
fn main() {}
