//! Te reo Māori: the English tables with those entries replaced whose words a public source confirms (docs/te-reo.md says
//! which). What is not certain stays English; `cargo test -p clinical-app te_reo` lists it.

mod desk;
mod phone;
mod words;

#[cfg(test)]
mod tests;
