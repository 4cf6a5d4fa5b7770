//! A record on the wire: which of its fields are read. One table for both ways of reading it.

use serde::Deserialize;

use crate::evidence::lenient::{Count, Flag, Given, Object, Spanned, Text};
use crate::evidence::skim::{Skim, Skimmed};

use super::found::Found;

/// Structs of lenient fields, each with its name on the wire. What stands twice is no record, as two programs
/// could read two different ones.
macro_rules! wire {
    ($($(#[$doc:meta])* $type:ident { $($field:ident: $of:ty = $name:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Default, Deserialize)]
        #[serde(default, bound(deserialize = "'de: 'a"))]
        pub(super) struct $type<'a> {
            $(#[serde(rename = $name)] pub(super) $field: $of,)+
            #[serde(skip)]
            borrows: std::marker::PhantomData<&'a str>,
        }

        impl<'a> Skimmed<'a> for $type<'a> {
            fn skim(skim: &mut Skim<'a>) -> Option<Self> {
                let mut all = Self::default();
                let mut seen = 0_u32;
                skim.fields(|skim, key| {
                    let found = tag(key);
                    let mut bit = 1;
                    $(
                        if found == const { tag($name) } && key == $name {
                            if seen & bit != 0 {
                                return None;
                            }
                            seen |= bit;
                            all.$field = Skimmed::skim(skim)?;
                            return Some(());
                        }
                        bit <<= 1;
                    )+
                    let _ = bit;
                    skim.skip()
                })?;
                Some(all)
            }
        }
    )+};
}

/// A number that tells most keys apart, so that few of them are compared in full.
#[inline(always)]
const fn tag(key: &str) -> u64 {
    let bytes = key.as_bytes();
    let head = match bytes.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let (mut head, mut at) = (0, 0);
            while at < bytes.len() {
                head = head << 8 | bytes[at] as u64;
                at += 1;
            }
            head
        }
    };
    head.wrapping_add((bytes.len() as u64) << 56)
}

wire! {
    /// A record.
    Wire {
        id: Text<'a> = "eventID",
        time: Text<'a> = "eventTime",
        name: Text<'a> = "eventName",
        source: Text<'a> = "eventSource",
        region: Text<'a> = "awsRegion",
        recipient: Text<'a> = "recipientAccountId",
        ip: Text<'a> = "sourceIPAddress",
        agent: Text<'a> = "userAgent",
        code: Text<'a> = "errorCode",
        message: Spanned<'a, Text<'a>> = "errorMessage",
        read_only: Flag = "readOnly",
        management: Flag = "managementEvent",
        category: Text<'a> = "eventCategory",
        kind: Text<'a> = "eventType",
        identity: Object<Identity<'a>> = "userIdentity",
        additional: Spanned<'a, Object<Additional<'a>>> = "additionalEventData",
        response: Spanned<'a, Object<Response<'a>>> = "responseElements",
        insight: Object<Insight<'a>> = "insightDetails",
        endpoint: Text<'a> = "vpcEndpointId",
        resources: Found<'a> = "resources",
        request: Spanned<'a, Found<'a>> = "requestParameters",
        service: Spanned<'a, Given> = "serviceEventDetails",
        envelope: Given = "detail-type",
    }

    /// `userIdentity`.
    Identity {
        kind: Text<'a> = "type",
        arn: Text<'a> = "arn",
        principal: Text<'a> = "principalId",
        account: Text<'a> = "accountId",
        user: Text<'a> = "userName",
        key: Text<'a> = "accessKeyId",
        service: Text<'a> = "invokedBy",
        context: Object<Context<'a>> = "sessionContext",
    }

    /// `sessionContext`.
    Context {
        issuer: Object<Issuer<'a>> = "sessionIssuer",
        attributes: Object<Attributes<'a>> = "attributes",
    }

    /// `sessionIssuer`.
    Issuer {
        user: Text<'a> = "userName",
    }

    /// `attributes` of a session.
    Attributes {
        mfa: Flag = "mfaAuthenticated",
    }

    /// `additionalEventData`; `SwitchFrom` is who switched to the role in the console.
    Additional {
        mfa: Flag = "MFAUsed",
        device: Text<'a> = "MFAIdentifier",
        from: Text<'a> = "SwitchFrom",
        bytes_in: Count = "bytesTransferredIn",
        bytes_out: Count = "bytesTransferredOut",
    }

    /// `responseElements`.
    Response {
        login: Text<'a> = "ConsoleLogin",
        credentials: Object<Credentials<'a>> = "credentials",
        assumed: Object<Assumed<'a>> = "assumedRoleUser",
        key: Object<Credentials<'a>> = "accessKey",
    }

    /// Credentials that a call issued.
    Credentials {
        key: Text<'a> = "accessKeyId",
    }

    /// The role's session that a call opened.
    Assumed {
        arn: Text<'a> = "arn",
    }

    /// `insightDetails`; its context names whom the unusual calls are attributed to.
    Insight {
        name: Text<'a> = "eventName",
        source: Text<'a> = "eventSource",
        code: Text<'a> = "errorCode",
        context: Found<'a> = "insightContext",
    }
}
