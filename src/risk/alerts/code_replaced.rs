//! Code runs with the rights of its role.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "code-replaced",
    title: "The code or the rights of a function were changed",
    category: Category::PrivilegeEscalation,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Any(
        "name:(UpdateFunctionCode* OR AddPermission2* OR UpdateFunctionConfiguration* OR AddLayerVersionPermission* OR CreateFunctionUrlConfig* OR UpdateFunctionUrlConfig*) -weakens:no -error:*",
    ),
    recommendation: "Compare the function's code with what was deployed, and see who may call it.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("UpdateFunctionCode20150331", "", 1, 10),
        ("CreateFunctionUrlConfig", r#""requestParameters":{"functionName":"f","authType":"NONE"}"#, 1, 10),
        ("AddPermission20150331v2", r#""requestParameters":{"principal":"*","sourceArn":"arn:aws:sns:eu-west-1:444455556666:t","action":"lambda:InvokeFunction"}"#, 1, 10),
    ],
    quiet: &[
        ("UpdateFunctionCode20150331", r#""errorCode":"AccessDenied""#, 1, 10),
        ("UpdateFunctionConfiguration20150331v2", r#""requestParameters":{"functionName":"f","memorySize":512}"#, 1, 10),
        ("AddPermission20150331v2", r#""requestParameters":{"principal":"s3.amazonaws.com","sourceArn":"arn:aws:s3:::b","sourceAccount":"111122223333","action":"lambda:InvokeFunction"}"#, 1, 10),
        ("CreateFunctionUrlConfig", r#""requestParameters":{"functionName":"f","authType":"AWS_IAM"}"#, 1, 10),
        ("PublishVersion20150331", "", 1, 10),
    ],
};
