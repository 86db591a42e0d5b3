//! From a configuration to the things it describes: buckets, secrets, the system's clock.

mod gate;
mod processes;
mod secret;
mod system;
mod zones;

pub use gate::{build_gate, triggers};
pub use processes::{reading_processes, recogniser};
pub use secret::{InstallationSecret, SECRET_BYTES};
pub use system::{SystemClock, SystemEntropy};
pub use zones::open_zone;
