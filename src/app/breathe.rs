//! Letting everything else have its turn.

use gloo::timers::future::TimeoutFuture;
use js_sys::Promise;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// Ends the current task and goes on in a new one, after all that waits already. A message to oneself
/// comes at once, while browsers hold back a timer of nothing by 4 ms.
pub(crate) async fn breathe() {
    let Ok(channel) = MessageChannel::new() else {
        return TimeoutFuture::new(0).await;
    };
    let (here, there) = (channel.port1(), channel.port2());
    let turn = Promise::new(&mut |resolve, _| here.set_onmessage(Some(&resolve)));
    if there.post_message(&wasm_bindgen::JsValue::NULL).is_ok() {
        // The promise is never rejected.
        let _ = JsFuture::from(turn).await;
    }
    here.close();
}
