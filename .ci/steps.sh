# Sourced by the scripts that run tests: steps whose tests are counted, and the suites that run on a binary.
# shellcheck shell=bash
# shellcheck source=.ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

report=$target/ci
python_xml=$report/python.xml
mkdir -p "$report"

passed=0
failed=0
summary=()
failures=()

# step NAME COUNT COMMAND… runs a command and counts its tests: COUNT turns its output and its exit code into
# "<passed> <failed>", and a line for each test that failed.
step() {
    local name=$1 count=$2 start=$SECONDS status=0 log n_passed n_failed counted it
    shift 2
    log=$report/${name// /-}.log
    printf '\n── %s\n' "$name"
    "$@" 2>&1 </dev/null | tee "$log" || status=$?
    mapfile -t counted < <("$count" "$status" "$log")
    read -r n_passed n_failed <<<"${counted[0]:-0 1}"
    for it in "${counted[@]:1}"; do
        failures+=("FAILED in $name: $it")
    done
    passed=$((passed + n_passed))
    failed=$((failed + n_failed))
    summary+=("$(printf '%-28s %6d passed %6d failed   %s' "$name" "$n_passed" "$n_failed" "$(duration $((SECONDS - start)))")")
    say "── $name: $n_passed passed, $n_failed failed, $(duration $((SECONDS - start)))"
    hand_over
    return "$status"
}

# Tells .ci/run how far the tests are.
hand_over() {
    if [[ ${TOTALS:-} ]]; then
        printf '%s %s\n' "$passed" "$failed" >"$TOTALS"
    fi
}

# A command that is one check.
one_check() {
    (($1 == 0)) && echo "1 0" || echo "0 1"
}

# Counts the lines that say `ok: …` and `FAILED: …`.
verdicts() {
    awk -v status="$1" '
        /^ok: / { passed++ }
        /^FAILED: / { names[failed++] = substr($0, 9) }
        END {
            print passed + 0, (status && !failed) ? 1 : failed + 0
            for (i = 0; i < failed; i++) print names[i]
        }
    ' "$2"
}

# `test result:` ends each test binary and the doc tests. Failing without a failed test means that it did not compile;
# no test at all is a failure, too.
cargo_tests() {
    awk -v status="$1" '
        /^test result: / {
            for (i = 2; i < NF; i++) {
                if ($(i + 1) ~ /^passed/) passed += $i
                if ($(i + 1) ~ /^failed/) failed += $i
            }
        }
        /^test .* \.\.\. FAILED$/ { names[named++] = substr($0, 6, length($0) - 16) }
        END {
            print passed + 0, ((status || !passed) && !failed) ? 1 : failed + 0
            for (i = 0; i < named; i++) print names[i]
        }
    ' "$2"
}

# Reads the files that Playwright and pytest write, since both may die without a last line.
playwright_tests() {
    python3 .ci/count playwright "$1" end2end/test-results/report.json
}

# The report of the Python suite that ran last.
python_report() {
    python3 .ci/count junit "$1" "$python_xml"
}

better_auth_tests() {
    python3 .ci/count junit "$1" "$report"/better-auth/{colloquy-sqlite,colloquy-postgres}.xml
}

stories() {
    rm -f end2end/test-results/report.json
    (cd end2end && npx playwright test)
}

# python_tests FOLDER [COMMAND…] runs the tests of a folder of end2end, under a command if one is given.
python_tests() {
    rm -f "$python_xml"
    "${@:2}" "$tools/python/bin/python" -m pytest "end2end/$1" --junit-xml="$python_xml"
}

better_auth() {
    rm -rf "$report/better-auth"
    .ci/with-postgres node end2end/conformance/better-auth/run.mjs --report "$report/better-auth"
}

weight() {
    node end2end/bench/weight.mjs
}

# suites BINARY runs all that looks at a server from outside.
suites() {
    export COLLOQUY_BIN=$1
    step "weight" verdicts weight || true
    step "stories in the browser" playwright_tests stories || true
    step "tokens" python_report python_tests tokens || true
    step "ChatKit's own models" python_report python_tests conformance/chatkit || true
    step "mails" python_report python_tests mail || true
    step "crashes" python_report python_tests crash .ci/with-postgres || true
    step "several servers" python_report python_tests cluster || true
    step "faults of models" python_report python_tests faults || true
    step "attacks" python_report python_tests attack || true
    step "operations" python_report python_tests operations || true
    step "files in S3" python_report python_tests files || true
    step "a ChatKit server behind" python_report python_tests chatkit-relay || true
    step "Better Auth's own client" better_auth_tests better_auth || true
}

# What is said of the suites where there is no binary to run them on; each counts as a failure.
no_suites() {
    failed=$((failed + 13))
    hand_over
    summary+=("The weight, the stories, the tokens, the protocol, the mails, the crashes, the servers together, the faults, the attacks, the operations, the files, the server behind and the official client were not tried: there is no server to try them on.")
}

totals() {
    local all=$?
    printf '\n── in all, %s\n' "$(duration "$SECONDS")"
    printf '%s\n' "${summary[@]}" "${failures[@]}"
    # .ci/run says it itself, as its last line.
    [[ ${TOTALS:-} ]] || say "$passed passed, $failed failed"
    ((all == 0 && failed == 0 && passed > 0)) || exit 1
}
trap totals EXIT
