//! Instances, functions, containers, builds.

use super::super::facts::Facts;
use super::super::rule::Check::{All, Any, Code, Has, Never};
use super::super::rule::{Finding, Outcome, Rule, unknown};
use crate::moment::Moment;

const INSTANCE: &str = "AWS::EC2::Instance";
const VOLUME: &str = "AWS::EC2::Volume";
const FUNCTION: &str = "AWS::Lambda::Function";
const BUILD: &str = "AWS::CodeBuild::Project";
const TASK: &str = "AWS::ECS::TaskDefinition";

pub(super) const RULES: &[Rule] = &[
    Rule::new("ENCRYPTED_VOLUMES", "encrypted-volumes", VOLUME, Code(&["configuration.attachments", "configuration.encrypted", "configuration.kmsKeyId"], encrypted_volume)).with(&[("kmsId", "")]),
    Rule::new("EC2_VOLUME_INUSE_CHECK", "ec2-volume-inuse-check", VOLUME, Code(&["configuration.attachments"], |facts| {
        let path = "configuration.attachments";
        let wants = facts.parameter("deleteOnTermination") == "true";
        let kept = facts.all("configuration.attachments.deleteOnTermination").into_iter().any(|flag| *flag == false);
        Finding::met(facts.one(path).is_some() && !(wants && kept), path, facts.one(path), "Must be attached, and deleted with its instance if the parameter says so.")
    })).with(&[("deleteOnTermination", "")]),
    Rule::new("EC2_IMDSV2_CHECK", "ec2-imdsv2-check", INSTANCE, All("configuration.metadataOptions.httpTokens", &["required"])),
    Rule::new("EC2_INSTANCE_DETAILED_MONITORING_ENABLED", "ec2-instance-detailed-monitoring-enabled", INSTANCE, All("configuration.monitoring.state", &["enabled"])),
    Rule::new("EBS_OPTIMIZED_INSTANCE", "ebs-optimized-instance", INSTANCE, Code(&["configuration.ebsOptimized", "configuration.instanceType"], ebs_optimized)),
    Rule::new("EC2_INSTANCE_PROFILE_ATTACHED", "ec2-instance-profile-attached", INSTANCE, Has("configuration.iamInstanceProfile.arn")).with(&[("IamInstanceProfileArnList", "")]),
    Rule::new("EC2_INSTANCE_MULTIPLE_ENI_CHECK", "ec2-instance-multiple-eni-check", INSTANCE, Code(&["configuration.networkInterfaces"], |facts| {
        let path = "configuration.networkInterfaces.networkInterfaceId";
        let all = facts.all(path);
        Finding::met(all.len() < 2, path, all.get(1).copied(), format!("Must have one network interface; it has {}.", all.len()))
    })),
    Rule::new("DESIRED_INSTANCE_TYPE", "desired-instance-type", INSTANCE, Code(&["configuration.instanceType"], |facts| {
        let path = "configuration.instanceType";
        let wanted = facts.list("instanceType");
        if wanted.is_empty() {
            return Finding::new(Outcome::InsufficientData, path, facts.one(path), "The parameter instanceType is not known: drop the output of describe-config-rules.");
        }
        Finding::met(wanted.contains(&facts.text(path)), path, facts.one(path), "Must be among the parameter instanceType.")
    })).with(&[("instanceType", "")]),
    Rule::new("EC2_STOPPED_INSTANCE", "ec2-stopped-instance", INSTANCE, Code(&["configuration.state.name", "configuration.stateTransitionReason"], stopped)).with(&[("AllowedDays", "30")]).approximate(),
    Rule::new("AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2", "autoscaling-launchconfig-requires-imdsv2", "AWS::AutoScaling::LaunchConfiguration", Any("configuration.metadataOptions.httpTokens", &["required"])),
    Rule::new("AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED", "autoscaling-group-elb-healthcheck-required", "AWS::AutoScaling::AutoScalingGroup", Code(&["configuration.healthCheckType", "configuration.loadBalancerNames", "configuration.targetGroupARNs"], |facts| {
        let behind = ["configuration.loadBalancerNames", "configuration.targetGroupARNs"].iter().any(|path| facts.one(path).is_some());
        let path = "configuration.healthCheckType";
        if !behind {
            return Finding::new(Outcome::NotApplicable, "configuration.loadBalancerNames", None, "No load balancer is attached.");
        }
        Finding::met(facts.text(path) == "ELB", path, facts.one(path), "Must be ELB.")
    })),
    Rule::new("AUTOSCALING_MULTIPLE_AZ", "autoscaling-multiple-az", "AWS::AutoScaling::AutoScalingGroup", Code(&["configuration.availabilityZones"], |facts| {
        let path = "configuration.availabilityZones";
        let (all, least) = (facts.all(path), facts.parameter("minAvailabilityZones").parse().unwrap_or(2));
        if all.is_empty() {
            return unknown(path);
        }
        Finding::met(all.len() >= least, path, all.first().copied(), format!("Must span {least} zones; it spans {}.", all.len()))
    })).with(&[("minAvailabilityZones", "2")]),
    Rule::new("LAMBDA_INSIDE_VPC", "lambda-inside-vpc", FUNCTION, Has("configuration.vpcConfig.subnetIds")).with(&[("subnetIds", "")]),
    Rule::new("LAMBDA_DLQ_CHECK", "lambda-dlq-check", FUNCTION, Has("configuration.deadLetterConfig.targetArn")).with(&[("dlqArns", "")]),
    Rule::new("LAMBDA_FUNCTION_SETTINGS_CHECK", "lambda-function-settings-check", FUNCTION, Code(&["configuration.runtime", "configuration.timeout", "configuration.memorySize", "configuration.role"], function_settings)).with(&[("runtime", ""), ("role", ""), ("timeout", "3"), ("memorySize", "128")]),
    Rule::new("LAMBDA_CONCURRENCY_CHECK", "lambda-concurrency-check", FUNCTION, Has("supplementaryConfiguration.Concurrency.reservedConcurrentExecutions")).with(&[("ConcurrencyLimitLow", ""), ("ConcurrencyLimitHigh", "")]),
    Rule::new("LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", "lambda-function-public-access-prohibited", FUNCTION, Code(&["supplementaryConfiguration.Policy"], |facts| {
        let path = "supplementaryConfiguration.Policy";
        let policy = facts.one(path).map(|policy| policy.get("policy").unwrap_or(policy));
        let open = policy.is_some_and(|policy| crate::config::policy::allowed(policy, &["lambda:InvokeFunction"]).iter().any(|grant| grant.is_public()));
        Finding::met(!open, path, policy, "The function's policy must not allow everyone without a condition.")
    })).approximate(),
    Rule::new("EKS_ENDPOINT_NO_PUBLIC_ACCESS", "eks-endpoint-no-public-access", "AWS::EKS::Cluster", All("configuration.ResourcesVpcConfig.EndpointPublicAccess", &["false"])),
    Rule::new("EKS_SECRETS_ENCRYPTED", "eks-secrets-encrypted", "AWS::EKS::Cluster", Any("configuration.EncryptionConfig.Resources", &["secrets"])).with(&[("kmsKeyArns", "")]),
    Rule::new("ECR_PRIVATE_IMAGE_SCANNING_ENABLED", "ecr-private-image-scanning-enabled", "AWS::ECR::Repository", All("configuration.ImageScanningConfiguration.ScanOnPush", &["true"])),
    Rule::new("ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED", "ecr-private-tag-immutability-enabled", "AWS::ECR::Repository", All("configuration.ImageTagMutability", &["IMMUTABLE"])),
    Rule::new("CODEBUILD_PROJECT_ENVIRONMENT_PRIVILEGED_CHECK", "codebuild-project-environment-privileged-check", BUILD, All("configuration.environment.privilegedMode", &["false"])),
    Rule::new("CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK", "codebuild-project-envvar-awscred-check", BUILD, Code(&["configuration.environment"], |facts| {
        let path = "configuration.environment.environmentVariables";
        let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
        let plain = |variable: &&&serde_json::Value| names.iter().any(|name| variable["name"] == *name) && matches!(variable["type"].as_str(), None | Some("PLAINTEXT"));
        let all = facts.all(path);
        let found = all.iter().find(plain).map(|variable| &variable["name"]);
        Finding::met(found.is_none(), path, found, "Access keys must not stand in plain environment variables.")
    })),
    Rule::new("CODEBUILD_PROJECT_LOGGING_ENABLED", "codebuild-project-logging-enabled", BUILD, Code(&["configuration.logsConfig"], |facts| {
        let paths = ["configuration.logsConfig.cloudWatchLogs.status", "configuration.logsConfig.s3Logs.status"];
        let on = paths.into_iter().find(|path| facts.text(path) == "ENABLED");
        Finding::met(on.is_some(), on.unwrap_or(paths[0]), facts.one(on.unwrap_or(paths[0])), "Logs must go to CloudWatch Logs or to S3.")
    })),
    Rule::new("CODEBUILD_PROJECT_ARTIFACT_ENCRYPTION", "codebuild-project-artifact-encryption", BUILD, Never("configuration.artifacts.encryptionDisabled", &["true"])),
    Rule::new("SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS", "sagemaker-notebook-no-direct-internet-access", "AWS::SageMaker::NotebookInstance", All("configuration.DirectInternetAccess", &["Disabled"])),
    Rule::new("SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED", "sagemaker-notebook-instance-kms-key-configured", "AWS::SageMaker::NotebookInstance", Has("configuration.KmsKeyId")),
    Rule::new("ECS_CONTAINERS_NONPRIVILEGED", "ecs-containers-nonprivileged", TASK, Never("configuration.ContainerDefinitions.Privileged", &["true"])),
    Rule::new("ECS_CONTAINERS_READONLY_ACCESS", "ecs-containers-readonly-access", TASK, Code(&["configuration.ContainerDefinitions"], |facts| each_container(facts, "ReadonlyRootFilesystem", &|value| *value == true))),
    Rule::new("ECS_TASK_DEFINITION_LOG_CONFIGURATION", "ecs-task-definition-log-configuration", TASK, Code(&["configuration.ContainerDefinitions"], |facts| each_container(facts, "LogConfiguration", &|value| value["LogDriver"].as_str().is_some_and(|driver| !driver.is_empty())))),
];

fn each_container(
    facts: &Facts<'_>,
    field: &str,
    holds: &dyn Fn(&serde_json::Value) -> bool,
) -> Finding {
    let path = "configuration.ContainerDefinitions";
    let all = facts.all(path);
    if all.is_empty() {
        return unknown(path);
    }
    let wrong = all.iter().find(|container| !holds(&container[field]));
    Finding::met(
        wrong.is_none(),
        &format!("{path}.{field}"),
        wrong.map(|container| &container["Name"]),
        format!("{field} must be set for each container."),
    )
}

fn encrypted_volume(facts: &Facts<'_>) -> Finding {
    let (path, key) = ("configuration.encrypted", "configuration.kmsKeyId");
    if facts.one("configuration.attachments").is_none() {
        return Finding::new(
            Outcome::NotApplicable,
            "configuration.attachments",
            None,
            "It is not attached.",
        );
    }
    let wanted = facts.parameter("kmsId");
    if !wanted.is_empty() && !facts.text(key).ends_with(wanted) {
        return Finding::met(
            false,
            key,
            facts.one(key),
            "Must be encrypted with the key of the parameter kmsId.",
        );
    }
    match facts.one(path) {
        Some(value) => Finding::met(*value == true, path, Some(value), "Must be true."),
        None => unknown(path),
    }
}

/// Families that are EBS-optimized from the start never fail; the rest say so themselves.
fn ebs_optimized(facts: &Facts<'_>) -> Finding {
    const OPTIONAL: &[&str] = &[
        "c1.xlarge",
        "c3.xlarge",
        "c3.2xlarge",
        "c3.4xlarge",
        "g2.2xlarge",
        "i2.xlarge",
        "i2.2xlarge",
        "i2.4xlarge",
        "m1.large",
        "m1.xlarge",
        "m2.2xlarge",
        "m2.4xlarge",
        "m3.xlarge",
        "m3.2xlarge",
        "r3.xlarge",
        "r3.2xlarge",
        "r3.4xlarge",
    ];
    let (path, kind) = (
        "configuration.ebsOptimized",
        facts.text("configuration.instanceType"),
    );
    let value = facts.one(path);
    if !OPTIONAL.contains(&kind.as_str()) {
        return Finding::new(
            Outcome::NotApplicable,
            "configuration.instanceType",
            facts.one("configuration.instanceType"),
            "The type is EBS-optimized always, or never.",
        );
    }
    value.map_or_else(
        || unknown(path),
        |value| Finding::met(*value == true, path, Some(value), "Must be true."),
    )
}

/// `User initiated (2024-01-31 08:00:00 GMT)`.
fn stopped(facts: &Facts<'_>) -> Finding {
    let (state, why) = (
        "configuration.state.name",
        "configuration.stateTransitionReason",
    );
    if facts.text(state) != "stopped" {
        return Finding::met(true, state, facts.one(state), "It is not stopped.");
    }
    let reason = facts.text(why);
    let since = reason
        .split_once('(')
        .and_then(|(_, rest)| rest.get(..19))
        .and_then(|time| Moment::parse(&format!("{}Z", time.replace(' ', "T"))));
    let days = facts.parameter("AllowedDays").parse::<i64>().unwrap_or(30);
    match (since, facts.at) {
        (Some(since), Some(at)) => {
            let passed = (at.seconds() - since.seconds()) / 86_400;
            Finding::met(
                passed <= days,
                why,
                facts.one(why),
                format!("Stopped for {passed} days as of {at}; {days} are allowed."),
            )
        }
        _ => unknown(why),
    }
}

fn function_settings(facts: &Facts<'_>) -> Finding {
    let runtimes = facts.list("runtime");
    let path = "configuration.runtime";
    if runtimes.is_empty() {
        return Finding::new(
            Outcome::InsufficientData,
            path,
            facts.one(path),
            "The parameter runtime is not known: drop the output of describe-config-rules.",
        );
    }
    if !runtimes.contains(&facts.text(path)) {
        return Finding::met(
            false,
            path,
            facts.one(path),
            "Must be among the parameter runtime.",
        );
    }
    for (name, path) in [
        ("role", "configuration.role"),
        ("timeout", "configuration.timeout"),
        ("memorySize", "configuration.memorySize"),
    ] {
        let wanted = facts.parameter(name);
        if !wanted.is_empty() && facts.text(path) != wanted {
            return Finding::met(
                false,
                path,
                facts.one(path),
                format!("Must be {wanted}, the parameter {name}."),
            );
        }
    }
    Finding::met(true, path, facts.one(path), "As the parameters say.")
}
