//! Addresses of ours: where a reader may be sent, and links that keep what the reader chose.

/// The address if it is a page of this server, else the first page. An address that names another
/// host, in any of the ways browsers understand, is never followed.
pub fn ours(address: &str) -> &str {
    let inside = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && !address.chars().any(char::is_control);
    if inside { address } else { "/" }
}

/// An address with these parameters added; those with an empty value are left out.
pub fn with_query<'a>(path: &str, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    match (query.is_empty(), path.contains('?')) {
        (true, _) => path.to_owned(),
        (false, true) => format!("{path}&{query}"),
        (false, false) => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_server_are_followed() {
        for inside in ["/", "/enterprises?q=a", "/a/b#c"] {
            assert_eq!(ours(inside), inside);
        }
        for outside in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil",
            "javascript:alert(1)",
            "",
            "/a\nb",
            "evil",
        ] {
            assert_eq!(ours(outside), "/", "{outside:?}");
        }
    }

    #[test]
    fn parameters_are_added_to_either_kind_of_address() {
        assert_eq!(with_query("/a", [("q", "轴 承"), ("x", "")]), "/a?q=%E8%BD%B4+%E6%89%BF");
        assert_eq!(with_query("/a?b=1", [("c", "2")]), "/a?b=1&c=2");
        assert_eq!(with_query("/a", []), "/a");
    }
}
