// SPDX-License-Identifier: Apache-2.0
// A plugin in Rust, without crates: the interface of muster/plugin.h as #[repr(C)] structs, three scenarios, a fixture.
//
//   rustc --edition 2021 --crate-type cdylib -C panic=abort -o example_rust.so scenarios.rs
//
// No panic may cross into the runner: with panic=abort it is reported as a crash, with its message in the output.
// A failed required check and stop() end the process: what is on the stack is not dropped.

use std::ffi::{c_void, CStr, CString};
use std::os::raw::c_char;
use std::mem::size_of;
use std::ptr::null;

// ---- muster/plugin.h, version 1.1 ----

const ABI_MINOR: u32 = 1;
const LOG_INFO: i32 = 1;
const CHECK_PASSED: u32 = 1;
const CHECK_REQUIRED: u32 = 2;
const STOP_SKIP: i32 = 2;
const TYPE_I32: u32 = 1;
const TYPE_STR: u32 = 6;
const SCOPE_ATTEMPT: u32 = 1;

#[repr(C)]
pub struct Ctx {
    host: *const Host,
}

#[repr(C)]
struct Check {
    size: u32,
    flags: u32,
    file: *const c_char,
    line: u32,
    reserved: u32,
    expression: *const c_char,
    actual: *const c_char,
    expected: *const c_char,
    message: *const c_char,
}

#[repr(C)]
struct Host {
    size: u32,
    minor: u32,
    extension: extern "C" fn(*mut Ctx, *const c_char, u32) -> *const c_void,
    log: extern "C" fn(*mut Ctx, i32, *const c_char, u32, *const c_char, u64),
    check: extern "C" fn(*mut Ctx, *const Check),
    stop: extern "C" fn(*mut Ctx, i32, *const c_char, u32, *const c_char),
}

type Phase = Option<extern "C" fn(*mut Ctx)>;

#[repr(C)]
struct Param {
    size: u32,
    r#type: u32,
    name: *const c_char,
    fallback: *const c_char,
    summary: *const c_char,
}

#[repr(C)]
struct ParamTable {
    size: u32,
    reserved: u32,
    columns: *const *const c_char,
    cells: *const *const c_char,
    n_rows: u64,
    file: *const c_char,
}

// Of no type that could be called: the runner casts it to what the parameters say.
type Call = *const c_void;

#[repr(C)]
struct Scenario {
    size: u32,
    flags: u32,
    id: *const c_char,
    summary: *const c_char,
    file: *const c_char,
    line: u32,
    reserved: u32,
    setup: Phase,
    run: Phase,
    teardown: Phase,
    markers: *const *const c_char,
    needs: *const *const c_char,
    timeout_ms: u32,
    setup_timeout_ms: u32,
    teardown_timeout_ms: u32,
    reruns: u32,
    rerun_delay_ms: u32,
    reserved2: u32,
    params: *const *const Param,
    tables: *const *const ParamTable,
    uses: *const *const c_char,
    call: Call,
}

#[repr(C)]
struct Fixture {
    size: u32,
    scope: u32,
    name: *const c_char,
    summary: *const c_char,
    file: *const c_char,
    line: u32,
    reserved: u32,
    params: *const *const Param,
    uses: *const *const c_char,
    setup: Phase,
    ready: Option<extern "C" fn(*mut Ctx) -> i32>,
    teardown: Phase,
    setup_timeout_ms: u32,
    ready_timeout_ms: u32,
    teardown_timeout_ms: u32,
    health_interval_ms: u32,
}

#[repr(C)]
struct Cleanup {
    size: u32,
    timeout_ms: u32,
    name: *const c_char,
    run: Option<extern "C" fn(*mut Ctx, *const c_char)>,
}

#[repr(C)]
pub struct Plugin {
    size: u32,
    abi_minor: u32,
    name: *const c_char,
    version: *const c_char,
    summary: *const c_char,
    scenarios: *const *const Scenario,
    n_scenarios: u64,
    cleanups: *const *const Cleanup,
    n_cleanups: u64,
    flags: u32,
    reserved: u32,
    fixtures: *const *const Fixture,
    n_fixtures: u64,
    steps: *const c_void, // struct muster_step: for scenarios written as data
    n_steps: u64,
}

// muster/ext/params.h and muster/ext/fixtures.h

#[repr(C)]
struct ExtParams {
    size: u32,
    reserved: u32,
    value: extern "C" fn(*mut Ctx, *const c_char) -> *const c_char,
}

#[repr(C)]
struct ExtFixtures {
    size: u32,
    reserved: u32,
    value: extern "C" fn(*mut Ctx, *const c_char, *const c_char) -> *const c_char,
    pointer: extern "C" fn(*mut Ctx, *const c_char) -> *mut c_void,
    publish: extern "C" fn(*mut Ctx, *const c_char, *const c_char),
    hand_over: extern "C" fn(*mut Ctx, *mut c_void),
    watch: extern "C" fn(*mut Ctx, i32, *const c_char),
}

// As the layout.txt of a frozen version in sdk/abi/ has it.
const _: () = assert!(
    size_of::<Ctx>() == 8
        && size_of::<Check>() == 56
        && size_of::<Host>() == 40
        && size_of::<Param>() == 32
        && size_of::<ParamTable>() == 40
        && size_of::<Scenario>() == 136
        && size_of::<Fixture>() == 96
        && size_of::<Cleanup>() == 24
        && size_of::<Plugin>() == 104
        && size_of::<ExtParams>() == 16
        && size_of::<ExtFixtures>() == 48
);

// ---- the little that a scenario needs on top of it ----

macro_rules! text {
    ($s:expr) => {
        concat!($s, "\0").as_ptr() as *const c_char
    };
}

fn log(t: *mut Ctx, line: u32, text: &str) {
    let host = unsafe { &*(*t).host };
    (host.log)(t, LOG_INFO, text!(file!()), line, text.as_ptr() as *const c_char, text.len() as u64);
}

struct Site {
    line: u32,
    expression: *const c_char,
    required: bool,
}

fn check_equal<T: PartialEq + std::fmt::Debug>(t: *mut Ctx, at: Site, actual: T, expected: T) {
    let (left, right) = (format!("{actual:?}"), format!("{expected:?}"));
    let (left, right) = (CString::new(left).unwrap(), CString::new(right).unwrap());
    let check = Check {
        size: size_of::<Check>() as u32,
        flags: if actual == expected { CHECK_PASSED } else { 0 } | if at.required { CHECK_REQUIRED } else { 0 },
        file: text!(file!()),
        line: at.line,
        reserved: 0,
        expression: at.expression,
        actual: left.as_ptr(),
        expected: right.as_ptr(),
        message: null(),
    };
    let host = unsafe { &*(*t).host };
    (host.check)(t, &check);
}

macro_rules! require_eq {
    ($t:expr, $a:expr, $b:expr) => {{
        let expression = text!(concat!(stringify!($a), " == ", stringify!($b)));
        check_equal($t, Site { line: line!(), expression, required: true }, $a, $b)
    }};
}

// The table of an extension; ends the attempt as skipped where the runner does not have it.
unsafe fn extension<T>(t: *mut Ctx, id: *const c_char) -> &'static T {
    let host = &*(*t).host;
    let table = (host.extension)(t, id, size_of::<T>() as u32);
    if table.is_null() {
        (host.stop)(t, STOP_SKIP, text!(file!()), line!(), text!("unsupported: an extension is missing"));
    }
    &*(table as *const T)
}

// "" where there is none.
fn text_of(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_string()
}

// ---- the scenarios ----

extern "C" fn sorts_numbers(t: *mut Ctx) {
    let mut numbers = vec![3, 1, 2];
    numbers.sort();
    log(t, line!(), &format!("sorted: {numbers:?}"));
    require_eq!(t, numbers, vec![1, 2, 3]);
}

extern "C" fn splits_words(t: *mut Ctx) {
    require_eq!(t, "hello world".split(' ').count(), 2);
}

// Its parameters come as arguments, in their order.
extern "C" fn repeats_words(t: *mut Ctx, word: *const c_char, times: i32) {
    let fixtures: &ExtFixtures = unsafe { extension(t, text!("muster.fixtures/1")) };
    let separator = text_of((fixtures.value)(t, text!("separator"), text!("text")));
    let words = vec![text_of(word); times as usize].join(&separator);
    require_eq!(t, words.matches("+").count(), times as usize - 1);
}

// A fixture reads its arguments as text, and tells its users in texts.
extern "C" fn make_separator(t: *mut Ctx) {
    let params: &ExtParams = unsafe { extension(t, text!("muster.params/1")) };
    let fixtures: &ExtFixtures = unsafe { extension(t, text!("muster.fixtures/1")) };
    (fixtures.publish)(t, text!("text"), (params.value)(t, text!("sign")));
}

// ---- the table ----

// Raw pointers are not Sync, but nobody writes to these.
struct Table<T>(T);
unsafe impl<T> Sync for Table<T> {}

static P0: Table<[*const c_char; 3]> = Table([text!("e2e"), text!("priority_p0"), null()]);

const DEFAULTS: Scenario = Scenario {
    size: size_of::<Scenario>() as u32,
    flags: 0,
    id: null(),
    summary: null(),
    file: text!(file!()),
    line: 0,
    reserved: 0,
    setup: None,
    run: None,
    teardown: None,
    markers: null(),
    needs: null(),
    timeout_ms: 0,
    setup_timeout_ms: 0,
    teardown_timeout_ms: 0,
    reruns: 0,
    rerun_delay_ms: 0,
    reserved2: 0,
    params: null(),
    tables: null(),
    uses: null(),
    call: null(),
};

const fn param(r#type: u32, name: *const c_char, fallback: *const c_char) -> Param {
    Param { size: size_of::<Param>() as u32, r#type, name, fallback, summary: null() }
}

static SORTS: Table<Scenario> = Table(Scenario {
    id: text!("sorts_numbers"),
    summary: text!("Numbers come out in order"),
    line: line!(),
    run: Some(sorts_numbers),
    markers: &P0.0 as *const _,
    timeout_ms: 10000,
    ..DEFAULTS
});

static SPLITS: Table<Scenario> =
    Table(Scenario { id: text!("splits_words"), line: line!(), run: Some(splits_words), ..DEFAULTS });

static WORD: Table<Param> = Table(param(TYPE_STR, text!("word"), text!("hello")));
static TIMES: Table<Param> = Table(param(TYPE_I32, text!("times"), null()));
static WORD_TIMES: Table<[*const Param; 3]> = Table([&WORD.0, &TIMES.0, null()]);
static TIMES_COLUMN: Table<[*const c_char; 2]> = Table([text!("times"), null()]);
static TIMES_CELLS: Table<[*const c_char; 2]> = Table([text!("1"), text!("3")]);
static TIMES_TABLE: Table<ParamTable> = Table(ParamTable {
    size: size_of::<ParamTable>() as u32,
    reserved: 0,
    columns: &TIMES_COLUMN.0 as *const _,
    cells: &TIMES_CELLS.0 as *const _,
    n_rows: 2,
    file: null(),
});
static TIMES_TABLES: Table<[*const ParamTable; 2]> = Table([&TIMES_TABLE.0, null()]);
static PLUS: Table<[*const c_char; 2]> = Table([text!("separator(sign=+)"), null()]);

// Two cases: repeats_words[times=1] and repeats_words[times=3].
static REPEATS: Table<Scenario> = Table(Scenario {
    id: text!("repeats_words"),
    line: line!(),
    params: &WORD_TIMES.0 as *const _,
    tables: &TIMES_TABLES.0 as *const _,
    uses: &PLUS.0 as *const _,
    call: repeats_words as Call,
    ..DEFAULTS
});

static SIGN: Table<Param> = Table(param(TYPE_STR, text!("sign"), text!(" ")));
static SEPARATOR_PARAMS: Table<[*const Param; 2]> = Table([&SIGN.0, null()]);
static SEPARATOR: Table<Fixture> = Table(Fixture {
    size: size_of::<Fixture>() as u32,
    scope: SCOPE_ATTEMPT,
    name: text!("separator"),
    summary: null(),
    file: text!(file!()),
    line: line!(),
    reserved: 0,
    params: &SEPARATOR_PARAMS.0 as *const _,
    uses: null(),
    setup: Some(make_separator),
    ready: None,
    teardown: None,
    setup_timeout_ms: 0,
    ready_timeout_ms: 0,
    teardown_timeout_ms: 0,
    health_interval_ms: 0,
});
static FIXTURES: Table<[*const Fixture; 1]> = Table([&SEPARATOR.0]);

static SCENARIOS: Table<[*const Scenario; 3]> = Table([&SORTS.0, &SPLITS.0, &REPEATS.0]);

static PLUGIN: Table<Plugin> = Table(Plugin {
    size: size_of::<Plugin>() as u32,
    abi_minor: ABI_MINOR,
    name: text!("example.rust"),
    version: text!("1.0.0"),
    summary: null(),
    scenarios: &SCENARIOS.0 as *const _,
    n_scenarios: 3,
    cleanups: null(),
    n_cleanups: 0,
    flags: 0,
    reserved: 0,
    fixtures: &FIXTURES.0 as *const _,
    n_fixtures: 1,
    steps: null(),
    n_steps: 0,
});

#[no_mangle]
pub extern "C" fn muster_plugin_v1(_host_minor: u32) -> *const Plugin {
    &PLUGIN.0
}
