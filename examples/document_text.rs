//! The text of a document, as the page reads it: `document_text FILE`. The end-to-end tests read with it what a browser printed.

use std::error::Error;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("document_text FILE")?;
    let document = exhibit::document::read(&fs::read(&path)?).ok_or("no document")?;
    println!("{}", document.text);
    Ok(())
}
