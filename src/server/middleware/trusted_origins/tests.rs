use super::*;

fn check(entry: &str, good: &[&str], bad: &[&str]) {
    let list = TrustedOrigins::parse(&[entry.to_owned()]).unwrap();
    for url in good {
        assert!(list.name(url), "{entry} names {url}");
    }
    for url in bad {
        assert!(!list.name(url), "{entry} does not name {url}");
    }
}

#[test]
fn an_origin_names_itself() {
    let others = [
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "https://app.example.com@evil.example",
        "https://evil.example/?https://app.example.com",
        "app.example.com",
        "myapp://app.example.com",
        "/",
        "null",
        "",
        "javascript:alert(1)",
    ];
    let same = ["https://app.example.com", "HTTPS://APP.example.com/", "https://app.example.com:443/a?b#c"];
    check("https://app.example.com/", &same, &others);
    check("https://app.example.com:443", &same, &others);
    check("HTTPS://App.Example.com", &same, &others);
    check("bücher.example:8443", &["https://xn--bcher-kva.example:8443"], &["https://xn--bcher-kva.example"]);
    check("Bücher.example", &["https://xn--bcher-kva.example", "http://bücher.example"], &["https://bucher.example"]);
    check("https://bücher.example", &["https://xn--bcher-kva.example"], &["https://bucher.example"]);
}

#[test]
fn wildcards_cross_dots() {
    check(
        "*.example.org",
        &["http://a.example.org", "https://a.b.example.org"],
        &[
            "https://example.org",
            "https://evil.example/?a.example.org",
            "https://a.example.org:8443",
            // A redirect target must not be a script, even if a parser finds a host in it.
            "javascript://a.example.org/%0aalert(1)",
            "myapp://a.example.org",
        ],
    );
    check(
        "https://*.example.org",
        &["https://a.example.org/b"],
        &["http://a.example.org", "https://a.example.org.evil.example"],
    );
    check("https://pr-?.example.net", &["https://pr-7.example.net"], &["https://pr-77.example.net"]);
    check("localhost:30??", &["http://localhost:3000"], &["http://localhost:4000", "http://localhost"]);
    check("[::1]:3000", &["http://[::1]:3000"], &["http://[::1]", "http://[::2]:3000"]);
    check("[::1]", &["http://[::1]"], &["http://[::1]:3000"]);
    check("localhost:*", &["http://localhost:5173"], &["http://localhost.evil.example:5173", "http://localhost"]);
    check("https://*", &["https://anything.example"], &["http://anything.example"]);
}

#[test]
fn a_host_of_digits_and_wildcards_names_addresses() {
    check(
        "192.168.*.*",
        &["http://192.168.1.7", "https://192.168.1.7"],
        &["http://192.168.evil.example", "http://192.168.1.7.evil.example", "http://192.169.1.7"],
    );
    check("http://192.168.*.*:*", &["http://192.168.1.7:8081"], &["http://192.168.evil.example:8081"]);
    check("10.*", &["http://10.0.0.1", "http://10.0.0.1:3000"], &["http://10.evil.example"]);
    check("a10.*", &["http://a10.example"], &[]);
    check("exp://192.168.*.*:*/*", &["exp://192.168.1.7:8081/--/x"], &["exp://192.168.evil.example:8081/x"]);
}

#[test]
fn an_apps_scheme_is_matched_by_authority_and_path() {
    check(
        "myapp://",
        &["myapp://", "MYAPP://callback", "myapp://a/b?c#d", "myapp:/a"],
        &["myapps://", "https://myapp", "other://callback", "myapp://a\n"],
    );
    for whole_scheme in ["myapp:", "MyApp:", "myapp:/", "myapp://", "myapp:///", "MyApp:/", "myapp:/.", "myapp:/a/.."] {
        check(
            whole_scheme,
            &[
                "myapp:/",
                "myapp://",
                "myapp:///",
                "myapp:/auth/callback",
                "myapp:///auth/callback",
                "myapp://host",
                "myapp://host/x",
                "MYAPP:/x",
                "myapp:/?code=1#top",
                "myapp:",
                "myapp:callback",
                "myapp:////host",
            ],
            &[
                "myapps:/",
                "my:/",
                "other:/x",
                "https://myapp/",
                "http://myapp:/",
                "/",
                "myapp",
                "myapp:/a\n",
                "xmyapp:/",
                "myapp.evil:/",
                "myapp%3A/",
                "my%61pp:/",
                "\tmyapp:/",
                "//myapp:/",
                "javascript:myapp:/",
                "myapp\u{ff1a}//x",
                "\u{ff4d}yapp://x",
            ],
        );
    }
    check(
        "myapp:/auth",
        &["myapp:/auth", "myapp:/auth/callback", "myapp:///auth/", "myapp://host/auth", "myapp:/x/../auth"],
        &["myapp:/", "myapp:/authx", "myapp:/auth/../x", "myapp:/auth/%2e%2e/x", "myapp://auth", "other:/auth"],
    );
    check("myapp:/auth/*", &["myapp:/auth/x/y"], &["myapp:/auth", "myapp:/other/x", "myapp:/auth/../x"]);
    check(
        "myapp://host/cb",
        &["myapp://host/cb", "myapp://HOST/cb/", "myapp://host/cb/next?x=1", "myapp://host/x/../cb"],
        &[
            "myapp://host",
            "myapp://host/cbx",
            "myapp://host/cb/../evil",
            "myapp://host/cb/%2e%2e/evil",
            "myapp://host/cb%2F..%2Fevil",
            "myapp://host.evil/cb",
            "myapp://user@host/cb",
        ],
    );
    check(
        "exp://*.example.com/--/*",
        &["exp://a.example.com/--/x/y"],
        &["exp://a.example.com/x", "exp://a.example.com/--/../x", "exp://u@a.example.com/--/x", "exp://a.example.com"],
    );
    check("exp+my-app.x://*", &["exp+my-app.x://a/b"], &["exp://a"]);
    check("myapp://ab?", &["myapp://abc"], &["myapp://ab", "myapp://ab?"]);
}

#[test]
fn an_entry_that_is_no_origin_is_refused() {
    for bad in [
        "ftp://x",
        "javascript://x",
        "https://",
        "https:///",
        "https://a/b",
        "https://*.a/b",
        "https://u@a",
        "a b",
        "a/b",
        "://a",
        "my app://",
        "my app:/",
        "javascript:/",
        "data:/x",
        "http:/app.example.com",
        "https:/",
        "1app:/",
        ":/x",
        "*:/x",
        "*://a",
        "https:",
        "javascript:",
        "my app:",
        "1app:",
        ":",
        "a:b",
        "localhost:http",
        "a.example;b.example",
        "a.example|b.example",
        "a.example=b",
        "\"a.example\"",
        "%61.example",
        "*.example;b",
        "[::1",
        "https://localhost:x",
        "data:x",
        "\"myapp:/\"",
        "myapp*:/",
    ] {
        assert!(TrustedOrigins::parse(&[bad.to_owned()]).is_err(), "{bad}");
    }
    assert!(!TrustedOrigins::parse(&[" ".to_owned(), String::new()]).unwrap().name("https://a"));
}

#[test]
fn hostile_texts_take_no_time() {
    let pattern = "*a".repeat(100) + "*b";
    let begun = std::time::Instant::now();
    assert!(!fits(&pattern, &"a".repeat(10_000)));
    assert!(fits(&pattern, &("a".repeat(10_000) + "b")));
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
