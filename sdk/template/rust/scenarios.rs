// SPDX-License-Identifier: Apache-2.0
// A plugin in Rust, without crates: the interface of muster/plugin.h as #[repr(C)] structs, and two scenarios.
//
//   rustc --edition 2021 --crate-type cdylib -C panic=abort -o example_rust.so scenarios.rs
//
// No panic may cross into the runner: with panic=abort it is reported as a crash, with its message in the output.
// A failed required check and stop() end the process: what is on the stack is not dropped.

use std::ffi::{c_void, CString};
use std::os::raw::c_char;
use std::mem::size_of;
use std::ptr::null;

// ---- muster/plugin.h, version 1.0 ----

const ABI_MINOR: u32 = 0;
const LOG_INFO: i32 = 1;
const CHECK_PASSED: u32 = 1;
const CHECK_REQUIRED: u32 = 2;

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
}

// As in sdk/abi/1.0/layout.txt.
const _: () = assert!(
    size_of::<Ctx>() == 8
        && size_of::<Check>() == 56
        && size_of::<Host>() == 40
        && size_of::<Scenario>() == 104
        && size_of::<Cleanup>() == 24
        && size_of::<Plugin>() == 72
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
};

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

static SCENARIOS: Table<[*const Scenario; 2]> = Table([&SORTS.0, &SPLITS.0]);

static PLUGIN: Table<Plugin> = Table(Plugin {
    size: size_of::<Plugin>() as u32,
    abi_minor: ABI_MINOR,
    name: text!("example.rust"),
    version: text!("1.0.0"),
    summary: null(),
    scenarios: &SCENARIOS.0 as *const _,
    n_scenarios: 2,
    cleanups: null(),
    n_cleanups: 0,
    flags: 0,
    reserved: 0,
});

#[no_mangle]
pub extern "C" fn muster_plugin_v1(_host_minor: u32) -> *const Plugin {
    &PLUGIN.0
}
