//! The browser application of Exhibit: one program for the page, the case worker and the readers.

mod app;

fn main() {
    app::start();
}
