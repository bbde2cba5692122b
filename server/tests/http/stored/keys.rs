//! What lies in a Redis under one prefix, as JSON lines: `{"key", "type", "value"}`, the key without its prefix.

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// Everything under the prefix. Expiries are left out: a fixture must not run out.
pub fn dump(redis: SocketAddr, prefix: &str) -> String {
    let mut connection = Connection::to(redis);
    let mut names = connection.ask(&["KEYS", &format!("{prefix}:*")]);
    let names = names.as_array_mut().unwrap();
    names.sort_by_key(|name| name.as_str().map(str::to_owned));
    let mut lines = String::new();
    for name in names.iter().map(|name| name.as_str().unwrap()) {
        let kind = connection.ask(&["TYPE", name]);
        let value = match kind.as_str().unwrap() {
            "hash" => connection.ask(&["HGETALL", name]),
            "zset" => connection.ask(&["ZRANGE", name, "0", "-1", "WITHSCORES"]),
            "stream" => connection.ask(&["XRANGE", name, "-", "+"]),
            "string" => connection.ask(&["GET", name]),
            other => panic!("a type that no key had so far: {other}"),
        };
        let key = name.strip_prefix(prefix).unwrap();
        let line = json!({ "key": key, "type": kind, "value": value });
        writeln!(lines, "{line}").unwrap();
    }
    lines
}

/// Puts what [`dump`] wrote under another prefix.
pub fn restore(redis: SocketAddr, prefix: &str, lines: &str) {
    let mut connection = Connection::to(redis);
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let key = format!("{prefix}{}", text(&line["key"]));
        let value = &line["value"];
        let list = || value.as_array().unwrap();
        match line["type"].as_str().unwrap() {
            "hash" => {
                let fields = list().iter().map(text);
                connection.run("HSET", &key, fields.collect());
            }
            "zset" => {
                for pair in list().chunks(2) {
                    connection.run("ZADD", &key, vec![text(&pair[1]), text(&pair[0])]);
                }
            }
            "stream" => {
                for entry in list() {
                    let fields = entry[1].as_array().unwrap();
                    let mut words = vec![text(&entry[0])];
                    words.extend(fields.iter().map(text));
                    connection.run("XADD", &key, words);
                }
            }
            "string" => connection.run("SET", &key, vec![text(value)]),
            other => panic!("a type that no key has: {other}"),
        }
    }
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    fn to(redis: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(redis).unwrap()))
    }

    fn run(&mut self, command: &str, key: &str, rest: Vec<String>) {
        let mut words = vec![command, key];
        words.extend(rest.iter().map(String::as_str));
        self.ask(&words);
    }

    fn ask(&mut self, words: &[&str]) -> Value {
        let mut sent = format!("*{}\r\n", words.len());
        for word in words {
            write!(sent, "${}\r\n{word}\r\n", word.len()).unwrap();
        }
        self.0.get_mut().write_all(sent.as_bytes()).unwrap();
        self.answer()
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let (mark, rest) = line.trim_end().split_at(1);
        match mark {
            "*" => {
                let length: usize = rest.parse().unwrap();
                (0..length).map(|_| self.answer()).collect()
            }
            "$" => {
                let length: usize = rest.parse().expect("something is there");
                let mut text = vec![0; length + 2];
                self.0.read_exact(&mut text).unwrap();
                text.truncate(length);
                String::from_utf8(text).unwrap().into()
            }
            "-" => panic!("Redis refuses: {rest}"),
            _ => rest.into(),
        }
    }
}
