//! What a drop, a paste or an input brings, as files with their paths.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader,
    FileSystemEntry, FileSystemFileEntry,
};

/// The text of a file that the user picked; empty where it cannot be read.
pub(crate) async fn text_of(file: &File) -> String {
    let text = JsFuture::from(file.text()).await;
    text.ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// What was dropped. Entries must be taken while the drop's handler runs; they can be walked later.
pub(crate) struct Drop {
    entries: Vec<FileSystemEntry>,
    files: Vec<File>,
}

impl Drop {
    /// Takes hold of all that a drag carries.
    pub(crate) fn take(transfer: &DataTransfer) -> Self {
        let items = transfer.items();
        let mut drop = Drop {
            entries: Vec::new(),
            files: Vec::new(),
        };
        for at in 0..items.length() {
            let Some(item) = items.get(at).filter(|item| item.kind() == "file") else {
                continue;
            };
            match item.webkit_get_as_entry() {
                Ok(Some(entry)) => drop.entries.push(entry),
                _ => drop.files.extend(item.get_as_file().ok().flatten()),
            }
        }
        drop
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.files.is_empty()
    }

    /// Lists all files, of folders too. Hands them over folder by folder, for as long as that is wanted. Says which paths
    /// the browser would not open, and which folders were not listed any more.
    pub(crate) async fn list(
        self,
        mut found: impl FnMut(Vec<(String, File)>) -> bool,
    ) -> (Vec<String>, Vec<String>) {
        let mut refused = Vec::new();
        let mut goes_on = true;
        let loose: Vec<_> = self
            .files
            .into_iter()
            .map(|file| (file.name(), file))
            .collect();
        if !loose.is_empty() {
            goes_on &= found(loose);
        }
        let (folders, files): (Vec<_>, Vec<_>) = self
            .entries
            .into_iter()
            .partition(FileSystemEntry::is_directory);
        goes_on &= found(open_all(files, &mut refused).await);
        let mut folders: Vec<FileSystemDirectoryEntry> =
            folders.into_iter().map(JsCast::unchecked_into).collect();
        let mut unlisted = Vec::new();
        while let Some(folder) = folders.pop() {
            if !goes_on {
                unlisted.push(format!("{}/(unread)", path_of(&folder)));
                continue;
            }
            let reader = folder.create_reader();
            loop {
                let Ok(entries) = read_some(&reader).await else {
                    refused.push(path_of(&folder));
                    break;
                };
                // The browser hands out a hundred at a time; none means the end.
                if entries.is_empty() {
                    break;
                }
                let (inner, files): (Vec<_>, Vec<_>) =
                    entries.into_iter().partition(FileSystemEntry::is_directory);
                folders.extend(
                    inner
                        .into_iter()
                        .map(JsCast::unchecked_into::<FileSystemDirectoryEntry>),
                );
                goes_on = found(open_all(files, &mut refused).await);
                if !goes_on {
                    unlisted.push(format!("{}/(unread)", path_of(&folder)));
                    break;
                }
            }
        }
        (refused, unlisted)
    }
}

/// Files with their paths, looked at one by one: some thousands at once would hold the page.
pub(crate) type Files = Box<dyn ExactSizeIterator<Item = (String, File)>>;

/// The files of an input or a paste, with their paths below the chosen folder.
pub(crate) fn listed(files: &FileList) -> Files {
    // The list itself is emptied when the input is.
    let files = Array::from(files);
    Box::new((0..files.length()).map(move |at| {
        let file: File = files.get(at).unchecked_into();
        let relative = Reflect::get(&file, &"webkitRelativePath".into()).ok();
        let relative = relative
            .and_then(|path| path.as_string())
            .filter(|path| !path.is_empty());
        (relative.unwrap_or_else(|| file.name()), file)
    }))
}

/// A file made of text that was pasted, or of bytes that the program carries; none where the browser refuses.
pub(crate) fn file_of(bytes: &[u8], name: &str) -> Files {
    let parts = Array::of1(&js_sys::Uint8Array::from(bytes));
    let file = File::new_with_u8_array_sequence(&parts, name).ok();
    Box::new(file.map(|file| (name.to_owned(), file)).into_iter())
}

fn path_of(entry: &FileSystemEntry) -> String {
    entry.full_path().trim_start_matches('/').to_owned()
}

async fn read_some(reader: &FileSystemDirectoryReader) -> Result<Vec<FileSystemEntry>, JsValue> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        // An exception here is the promise's own rejection.
        let _ = reader.read_entries_with_callback_and_callback(&resolve, &reject);
    });
    let entries = Array::from(&JsFuture::from(promise).await?);
    Ok(entries.iter().map(JsCast::unchecked_into).collect())
}

/// Opens entries all at once: each is a question to the browser's own process.
async fn open_all(entries: Vec<FileSystemEntry>, refused: &mut Vec<String>) -> Vec<(String, File)> {
    let promises: Array = entries
        .iter()
        .map(|entry| {
            let entry: &FileSystemFileEntry = entry.unchecked_ref();
            Promise::new(&mut |resolve: Function, reject: Function| {
                entry.file_with_callback_and_callback(&resolve, &reject);
            })
        })
        .collect();
    let Ok(settled) = JsFuture::from(Promise::all_settled(&promises)).await else {
        return Vec::new();
    };
    let mut files = Vec::with_capacity(entries.len());
    for (entry, settled) in entries.iter().zip(Array::from(&settled).iter()) {
        let value = Reflect::get(&settled, &"value".into()).unwrap_or_default();
        match value.dyn_into::<File>() {
            Ok(file) => files.push((path_of(entry), file)),
            Err(_) => refused.push(path_of(entry)),
        }
    }
    files
}
