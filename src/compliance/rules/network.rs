//! Networks of EC2.

use serde_json::Value;

use super::super::facts::Facts;
use super::super::rule::Check::{All, Code, Has, Never};
use super::super::rule::{Finding, Outcome, Rule, unknown};
use crate::order::sorted;

const GROUP: &str = "AWS::EC2::SecurityGroup";
const INGRESS: &str = "configuration.ipPermissions";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "INCOMING_SSH_DISABLED",
        "restricted-ssh",
        GROUP,
        Code(&[INGRESS], |facts| closed(facts, &[22])),
    ),
    Rule::new(
        "RESTRICTED_INCOMING_TRAFFIC",
        "restricted-common-ports",
        GROUP,
        Code(&[INGRESS], |facts| {
            let ports: Vec<u16> = (1..=5)
                .filter_map(|at| facts.parameter(&format!("blockedPort{at}")).parse().ok())
                .collect();
            closed(facts, &ports)
        }),
    )
    .with(&[
        ("blockedPort1", "20"),
        ("blockedPort2", "21"),
        ("blockedPort3", "3389"),
        ("blockedPort4", "3306"),
        ("blockedPort5", "4333"),
    ]),
    Rule::new(
        "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
        "vpc-sg-open-only-to-authorized-ports",
        GROUP,
        Code(&[INGRESS], authorized_ports),
    )
    .with(&[("authorizedTcpPorts", ""), ("authorizedUdpPorts", "")]),
    Rule::new(
        "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        "vpc-default-security-group-closed",
        GROUP,
        Code(
            &[
                "configuration.groupName",
                INGRESS,
                "configuration.ipPermissionsEgress",
            ],
            default_closed,
        ),
    ),
    Rule::new(
        "EC2_SECURITY_GROUP_ATTACHED_TO_ENI",
        "ec2-security-group-attached-to-eni",
        GROUP,
        Code(&["relationships.resourceType"], |facts| {
            Finding::met(
                facts.related.contains("AWS::EC2::NetworkInterface"),
                "relationships.resourceType",
                None,
                "Must be related to a network interface.",
            )
        }),
    ),
    Rule::new(
        "EIP_ATTACHED",
        "eip-attached",
        "AWS::EC2::EIP",
        Code(
            &[
                "configuration.instanceId",
                "configuration.networkInterfaceId",
            ],
            |facts| {
                let found = [
                    "configuration.instanceId",
                    "configuration.networkInterfaceId",
                ]
                .into_iter()
                .find(|path| !facts.text(path).is_empty());
                let path = found.unwrap_or("configuration.instanceId");
                Finding::met(
                    found.is_some(),
                    path,
                    facts.one(path),
                    "Must belong to an instance or a network interface.",
                )
            },
        ),
    ),
    Rule::new(
        "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
        "subnet-auto-assign-public-ip-disabled",
        "AWS::EC2::Subnet",
        All("configuration.mapPublicIpOnLaunch", &["false"]),
    ),
    Rule::new(
        "NACL_NO_UNRESTRICTED_SSH_RDP",
        "nacl-no-unrestricted-ssh-rdp",
        "AWS::EC2::NetworkAcl",
        Code(&["configuration.entries"], acl_closed),
    ),
    Rule::new(
        "NO_UNRESTRICTED_ROUTE_TO_IGW",
        "no-unrestricted-route-to-igw",
        "AWS::EC2::RouteTable",
        Code(&["configuration.routes"], no_open_route),
    )
    .with(&[("routeTableIds", "")]),
    Rule::new(
        "INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY",
        "internet-gateway-authorized-vpc-only",
        "AWS::EC2::InternetGateway",
        Code(&["configuration.attachments.vpcId"], |facts| {
            let allowed = facts.list("AuthorizedVpcIds");
            let path = "configuration.attachments.vpcId";
            let other = facts
                .all(path)
                .into_iter()
                .find(|vpc| !allowed.iter().any(|one| vpc.as_str() == Some(one)));
            Finding::met(
                other.is_none(),
                path,
                other,
                "Must be attached to VPCs of the parameter AuthorizedVpcIds only.",
            )
        }),
    )
    .with(&[("AuthorizedVpcIds", "")]),
    Rule::new(
        "VPC_FLOW_LOGS_ENABLED",
        "vpc-flow-logs-enabled",
        "AWS::EC2::VPC",
        Code(&["configuration.vpcId"], |facts| {
            let met = facts.others.flow_logged.contains(facts.id);
            Finding::met(
                met,
                "configuration.vpcId",
                facts.one("configuration.vpcId"),
                if met {
                    "An active flow log names this VPC."
                } else {
                    "No active flow log in the evidence names this VPC."
                },
            )
        }),
    )
    .several(),
    Rule::new(
        "EC2_TRANSIT_GATEWAY_AUTO_VPC_ATTACH_DISABLED",
        "ec2-transit-gateway-auto-vpc-attach-disabled",
        "AWS::EC2::TransitGateway",
        Never(
            "configuration.Options.AutoAcceptSharedAttachments",
            &["enable"],
        ),
    ),
    Rule::new(
        "AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED",
        "autoscaling-launch-config-public-ip-disabled",
        "AWS::AutoScaling::LaunchConfiguration",
        Never("configuration.associatePublicIpAddress", &["true"]),
    ),
    Rule::new(
        "EC2_INSTANCE_NO_PUBLIC_IP",
        "ec2-instance-no-public-ip",
        "AWS::EC2::Instance",
        Code(
            &[
                "configuration.publicIpAddress",
                "configuration.networkInterfaces.association.publicIp",
            ],
            |facts| {
                let paths = [
                    "configuration.publicIpAddress",
                    "configuration.networkInterfaces.association.publicIp",
                ];
                let open = paths.into_iter().find(|path| !facts.text(path).is_empty());
                Finding::met(
                    open.is_none(),
                    open.unwrap_or(paths[0]),
                    open.and_then(|path| facts.one(path)),
                    "Must have no public address.",
                )
            },
        ),
    ),
    Rule::new(
        "INSTANCES_IN_VPC",
        "ec2-instances-in-vpc",
        "AWS::EC2::Instance",
        Code(&["configuration.vpcId"], |facts| {
            let (path, wanted) = ("configuration.vpcId", facts.parameter("vpcId"));
            let vpc = facts.text(path);
            Finding::met(
                !vpc.is_empty() && (wanted.is_empty() || wanted == vpc),
                path,
                facts.one(path),
                "Must be in a VPC, that of the parameter vpcId if it is set.",
            )
        }),
    )
    .with(&[("vpcId", "")]),
    Rule::new(
        "ELB_DELETION_PROTECTION_ENABLED",
        "elb-deletion-protection-enabled",
        BALANCER,
        Code(&[ATTRIBUTES], |facts| {
            attribute(facts, "deletion_protection.enabled")
        }),
    ),
    Rule::new(
        "ELB_LOGGING_ENABLED",
        "elb-logging-enabled",
        BALANCER,
        Code(&[ATTRIBUTES], |facts| {
            attribute(facts, "access_logs.s3.enabled")
        }),
    )
    .with(&[("s3BucketNames", "")]),
    Rule::new(
        "ALB_HTTP_DROP_INVALID_HEADER_ENABLED",
        "alb-http-drop-invalid-header-enabled",
        BALANCER,
        Code(&[ATTRIBUTES], |facts| {
            attribute(facts, "routing.http.drop_invalid_header_fields.enabled")
        }),
    ),
    Rule::new(
        "CLOUDFRONT_VIEWER_POLICY_HTTPS",
        "cloudfront-viewer-policy-https",
        FRONT,
        Code(&["configuration.distributionConfig"], |facts| {
            let paths = [
                "configuration.distributionConfig.defaultCacheBehavior.viewerProtocolPolicy",
                "configuration.distributionConfig.cacheBehaviors.items.viewerProtocolPolicy",
            ];
            let open = paths.into_iter().find_map(|path| {
                Some((
                    path,
                    facts
                        .all(path)
                        .into_iter()
                        .find(|value| **value == "allow-all")?,
                ))
            });
            match open {
                Some((path, value)) => {
                    Finding::met(false, path, Some(value), "Must not be allow-all.")
                }
                None if facts.one(paths[0]).is_none() => unknown(paths[0]),
                None => Finding::met(
                    true,
                    paths[0],
                    facts.one(paths[0]),
                    "Must not be allow-all.",
                ),
            }
        }),
    ),
    Rule::new(
        "CLOUDFRONT_ACCESSLOGS_ENABLED",
        "cloudfront-accesslogs-enabled",
        FRONT,
        All(
            "configuration.distributionConfig.logging.enabled",
            &["true"],
        ),
    ),
    Rule::new(
        "CLOUDFRONT_ASSOCIATED_WITH_WAF",
        "cloudfront-associated-with-waf",
        FRONT,
        Has("configuration.distributionConfig.webACLId"),
    ),
    Rule::new(
        "CLOUDFRONT_DEFAULT_ROOT_OBJECT_CONFIGURED",
        "cloudfront-default-root-object-configured",
        FRONT,
        Has("configuration.distributionConfig.defaultRootObject"),
    ),
    Rule::new(
        "CLOUDFRONT_CUSTOM_SSL_CERTIFICATE",
        "cloudfront-custom-ssl-certificate",
        FRONT,
        All(
            "configuration.distributionConfig.viewerCertificate.cloudFrontDefaultCertificate",
            &["false"],
        ),
    ),
    Rule::new(
        "CLOUDFRONT_NO_DEPRECATED_SSL_PROTOCOLS",
        "cloudfront-no-deprecated-ssl-protocols",
        FRONT,
        Never(
            "configuration.distributionConfig.origins.items.customOriginConfig.originSslProtocols.items",
            &["SSLv3"],
        ),
    ),
];

const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const ATTRIBUTES: &str = "supplementaryConfiguration.LoadBalancerAttributes";
const FRONT: &str = "AWS::CloudFront::Distribution";

fn attribute(facts: &Facts<'_>, name: &str) -> Finding {
    let found = facts
        .all(ATTRIBUTES)
        .into_iter()
        .find(|one| one["key"] == name);
    match found {
        Some(one) => Finding::met(
            one["value"] == "true" || one["value"] == true,
            ATTRIBUTES,
            Some(one),
            format!("{name} must be true."),
        ),
        None => unknown(ATTRIBUTES),
    }
}

/// Whether an ingress rule lets the whole world in. Ranges are texts in old items and objects in newer ones.
fn is_open(permission: &Value) -> bool {
    let world = |value: &Value| matches!(value.as_str(), Some("0.0.0.0/0" | "::/0"));
    let any = |list: &str, field: &str| {
        permission[list]
            .as_array()
            .into_iter()
            .flatten()
            .any(|range| world(range) || world(&range[field]))
    };
    any("ipRanges", "cidrIp") || any("ipv4Ranges", "cidrIp") || any("ipv6Ranges", "cidrIpv6")
}

/// The ports of an ingress rule; all where it names none.
fn ports(permission: &Value) -> (i64, i64) {
    let protocol = permission["ipProtocol"].as_str().unwrap_or("-1");
    match (
        permission["fromPort"].as_i64(),
        permission["toPort"].as_i64(),
    ) {
        (Some(from), Some(to)) if protocol != "-1" => (from, to),
        _ => (0, 65_535),
    }
}

fn of_protocol(permission: &Value, wanted: &str) -> bool {
    let protocol = permission["ipProtocol"].as_str().unwrap_or("-1");
    protocol == "-1"
        || protocol == wanted
        || (wanted == "tcp" && protocol == "6")
        || (wanted == "udp" && protocol == "17")
}

fn closed(facts: &Facts<'_>, blocked: &[u16]) -> Finding {
    let open = facts.all(INGRESS).into_iter().find(|permission| {
        let (from, to) = ports(permission);
        is_open(permission)
            && of_protocol(permission, "tcp")
            && blocked
                .iter()
                .any(|&port| (from..=to).contains(&i64::from(port)))
    });
    let list: Vec<String> = blocked.iter().map(u16::to_string).collect();
    Finding::met(
        open.is_none(),
        INGRESS,
        open,
        format!(
            "TCP {} must not be open to 0.0.0.0/0 or ::/0.",
            list.join(", ")
        ),
    )
}

fn authorized_ports(facts: &Facts<'_>) -> Finding {
    let within = |permission: &Value, protocol: &str, name: &str| {
        let (from, to) = ports(permission);
        facts.list(name).iter().any(|range| {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            matches!((low.trim().parse::<i64>(), high.trim().parse::<i64>()), (Ok(low), Ok(high)) if low <= from && to <= high)
        }) && permission["ipProtocol"].as_str() != Some("-1") && of_protocol(permission, protocol)
    };
    let wrong = facts.all(INGRESS).into_iter().find(|permission| {
        is_open(permission)
            && !within(permission, "tcp", "authorizedTcpPorts")
            && !within(permission, "udp", "authorizedUdpPorts")
    });
    Finding::met(
        wrong.is_none(),
        INGRESS,
        wrong,
        "Only ports of the parameters may be open to the world.",
    )
}

fn default_closed(facts: &Facts<'_>) -> Finding {
    let name = "configuration.groupName";
    if facts.text(name) != "default" {
        return Finding::new(
            Outcome::NotApplicable,
            name,
            facts.one(name),
            "It is not the default group of its VPC.",
        );
    }
    for path in [INGRESS, "configuration.ipPermissionsEgress"] {
        if let Some(rule) = facts.one(path) {
            return Finding::met(
                false,
                path,
                Some(rule),
                "The default group must have no rules.",
            );
        }
    }
    Finding::met(true, INGRESS, None, "The default group has no rules.")
}

/// Entries count in the order of their numbers: the first that fits decides.
fn acl_closed(facts: &Facts<'_>) -> Finding {
    let path = "configuration.entries";
    let entries: Vec<&Value> = facts
        .all(path)
        .into_iter()
        .filter(|entry| entry["egress"] == false)
        .collect();
    let number = |entry: &Value| entry["ruleNumber"].as_i64().unwrap_or(i64::MAX);
    let entries = sorted(entries, |a, b| number(a).cmp(&number(b)));
    for port in [22, 3_389] {
        let fits = |entry: &&&Value| {
            let world = entry["cidrBlock"] == "0.0.0.0/0" || entry["ipv6CidrBlock"] == "::/0";
            let range = &entry["portRange"];
            let (from, to) = (
                range["from"].as_i64().unwrap_or(0),
                range["to"].as_i64().unwrap_or(65_535),
            );
            let protocol = entry["protocol"].as_str().unwrap_or("-1");
            world && (from..=to).contains(&port) && matches!(protocol, "-1" | "6" | "tcp")
        };
        if let Some(entry) = entries
            .iter()
            .find(fits)
            .filter(|entry| entry["ruleAction"] == "allow")
        {
            return Finding::met(
                false,
                path,
                Some(entry),
                format!("Port {port} is open to the world."),
            );
        }
    }
    Finding::met(
        true,
        path,
        None,
        "Ports 22 and 3389 are not open to the world.",
    )
}

fn no_open_route(facts: &Facts<'_>) -> Finding {
    let path = "configuration.routes";
    let allowed = facts.list("routeTableIds");
    let open = facts.all(path).into_iter().find(|route| {
        let world = route["destinationCidrBlock"] == "0.0.0.0/0"
            || route["destinationIpv6CidrBlock"] == "::/0";
        world
            && route["gatewayId"]
                .as_str()
                .is_some_and(|gateway| gateway.starts_with("igw-"))
    });
    let open = open.filter(|_| !allowed.iter().any(|id| id == facts.id));
    Finding::met(
        open.is_none(),
        path,
        open,
        "No route for the whole world may lead to an internet gateway.",
    )
}
