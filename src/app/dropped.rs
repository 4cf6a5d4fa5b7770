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

/// What was dropped. All of it must be taken hold of while the drop's handler runs; it can be looked at later.
pub(crate) struct Drop {
    folders: Vec<Folder>,
    files: Vec<File>,
}

/// A folder that is to be listed.
enum Folder {
    /// By its entry; one that was dropped with its handle, where the browser has such. Chromium lists no entries for a page that was
    /// opened from disk (observed in 148), but handles.
    Entry(FileSystemDirectoryEntry, Option<Promise>),
    /// By its handle, with its path.
    Handle(JsValue, String),
}

/// What a folder holds, some at a time.
enum Listing {
    Reader(FileSystemDirectoryReader),
    Handles(JsValue, String),
}

/// What a listing gives at once: files with their paths, folders, paths that the browser would not open.
type Listed = (Vec<(String, File)>, Vec<Folder>, Vec<String>);

/// Handles that are looked at at once.
const HANDLES: usize = 100;

impl Drop {
    /// Takes hold of all that a drag carries.
    pub(crate) fn take(transfer: &DataTransfer) -> Self {
        let items = transfer.items();
        let mut drop = Drop {
            folders: Vec::new(),
            files: Vec::new(),
        };
        for at in 0..items.length() {
            let Some(item) = items.get(at).filter(|item| item.kind() == "file") else {
                continue;
            };
            match item.webkit_get_as_entry() {
                Ok(Some(entry)) if entry.is_directory() => {
                    let handle = call(&item, "getAsFileSystemHandle").ok();
                    let handle = handle.and_then(|handle| handle.dyn_into().ok());
                    let folder = Folder::Entry(entry.unchecked_into(), handle);
                    drop.folders.push(folder);
                }
                _ => drop.files.extend(item.get_as_file().ok().flatten()),
            }
        }
        drop
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty()
    }

    /// Lists all files, of folders too. Hands them over folder by folder, for as long as that is wanted. Says which paths
    /// the browser would not open, and which folders were not listed any more.
    pub(crate) async fn list(
        self,
        mut found: impl FnMut(Vec<(String, File)>) -> bool,
    ) -> (Vec<String>, Vec<String>) {
        let mut refused = Vec::new();
        let loose = self.files.into_iter().map(|file| (file.name(), file));
        let mut goes_on = found(loose.collect());
        let mut folders = self.folders;
        let mut unlisted = Vec::new();
        while let Some(folder) = folders.pop() {
            let path = folder.path();
            let mut listing = folder.open().await;
            while goes_on {
                let Ok((files, inner, unread)) = listing.next().await else {
                    refused.push(path.clone());
                    break;
                };
                // None means the end.
                if files.is_empty() && inner.is_empty() && unread.is_empty() {
                    break;
                }
                folders.extend(inner);
                refused.extend(unread);
                goes_on = found(files);
            }
            if !goes_on {
                unlisted.push(format!("{path}/(unread)"));
            }
        }
        (refused, unlisted)
    }
}

impl Folder {
    fn path(&self) -> String {
        match self {
            Folder::Entry(entry, _) => path_of(entry),
            Folder::Handle(_, path) => path.clone(),
        }
    }

    async fn open(self) -> Listing {
        let path = self.path();
        match self {
            Folder::Handle(handle, _) => Listing::Handles(values(&handle), path),
            Folder::Entry(entry, handle) => {
                // A reader goes on where it stopped, so that one of its own tries whether it can be listed.
                if let Some(handle) = handle
                    && read_some(&entry.create_reader()).await.is_err()
                    && let Ok(handle) = JsFuture::from(handle).await
                {
                    return Listing::Handles(values(&handle), path);
                }
                Listing::Reader(entry.create_reader())
            }
        }
    }
}

impl Listing {
    /// What comes next; nothing at the end.
    async fn next(&mut self) -> Result<Listed, JsValue> {
        let (mut folders, mut refused) = (Vec::new(), Vec::new());
        match self {
            Listing::Reader(reader) => {
                // The browser hands out a hundred at a time.
                let (inner, files): (Vec<_>, Vec<_>) = read_some(reader)
                    .await?
                    .into_iter()
                    .partition(FileSystemEntry::is_directory);
                let inner = inner.into_iter().map(JsCast::unchecked_into);
                folders.extend(inner.map(|entry| Folder::Entry(entry, None)));
                let files = open_all(files, &mut refused).await;
                Ok((files, folders, refused))
            }
            Listing::Handles(values, path) => {
                let mut files = Vec::new();
                for _ in 0..HANDLES {
                    let next: Promise = call(values, "next")?.dyn_into()?;
                    let next = JsFuture::from(next).await?;
                    if Reflect::get(&next, &"done".into())?.is_truthy() {
                        break;
                    }
                    let one = Reflect::get(&next, &"value".into())?;
                    let name = Reflect::get(&one, &"name".into())?;
                    let inner = format!("{path}/{}", name.as_string().unwrap_or_default());
                    if Reflect::get(&one, &"kind".into())? == "directory" {
                        folders.push(Folder::Handle(one, inner));
                        continue;
                    }
                    let file: Promise = call(&one, "getFile")?.dyn_into()?;
                    match JsFuture::from(file).await.and_then(JsCast::dyn_into) {
                        Ok(file) => files.push((inner, file)),
                        Err(_) => refused.push(inner),
                    }
                }
                Ok((files, folders, refused))
            }
        }
    }
}

/// The iterator over a folder's handles; without one, its listing fails and says so.
fn values(folder: &JsValue) -> JsValue {
    call(folder, "values").unwrap_or_default()
}

/// Calls a method without arguments, which not all browsers have.
fn call(of: &JsValue, method: &str) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(of, &method.into())?.dyn_into()?;
    function.call0(of)
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
