//! Asking the case from a component.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Answer, Question};

use super::client::Client;

/// The answer to a question, asked again when the question or the judgement changes. The last
/// answer stays until the next is there, so that nothing flickers.
#[hook]
pub(crate) fn use_answer(question: Question, revision: u32) -> Option<Rc<Answer>> {
    let answer = use_state(|| None);
    let client = use_context::<Client>();
    let channel = {
        let client = client.clone();
        use_memo((), move |()| client.map(|client| client.channel()))
    };
    {
        let (answer, client, channel) = (answer.clone(), client.clone(), Rc::clone(&channel));
        use_effect_with((question, revision), move |(question, _)| {
            if let (Some(client), Some(channel)) = (client, *channel) {
                let then = Callback::from(move |new| answer.set(Some(new)));
                client.ask(channel, question.clone(), then);
            }
        });
    }
    use_effect_with((), move |()| {
        move || {
            if let (Some(client), Some(channel)) = (client, *channel) {
                client.hang_up(channel);
            }
        }
    });
    (*answer).clone()
}
