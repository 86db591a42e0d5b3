//! Extraction in a process of its own.
//!
//! Parsers of complex formats are the part of Lakegate that hostile bytes reach first. They run in child
//! processes of the same program, which may use so much memory and time, and no file, network or
//! further process: a crash, a loop or a bomb costs one object its reading, and nothing else. A child
//! takes one object after the other over its standard input, gives blocks over its standard output, and is
//! replaced after some objects and after any trouble.
//!
//! What comes from a child is checked like any foreign data: it may have been taken over by what it read.
//!
//! A long text that a child unpacks goes to the parent as it is, which reads it as any other text.
//!
//! Where a [`Recogniser`] is there, a child hands on the pictures that it finds, as files, and the parent has each
//! read by a process of its own, confined like the children. The text is the parent's to hand on, and so is the gap
//! of a picture that could not be read.

mod apart;
mod confine;
mod frame;
mod pictures;
mod pool;
mod recogniser;
#[cfg(target_os = "linux")]
mod system_calls;
mod texts;
mod watch;
mod wire;
mod worker;

pub use confine::Confinement;
pub use pool::Pool;
pub use recogniser::{
    Recogniser, RecogniserConfinement, RecogniserError, RecogniserOptions, recognise,
};
pub use worker::serve;
