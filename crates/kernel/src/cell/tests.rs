//! Cases of typing a cell.
