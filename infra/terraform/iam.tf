# Permissions: derrick writes, deletes only the CSVs of its own cohorts, and can't read; SageMaker reads and
# can't write.

locals {
  below    = var.prefix == "" ? aws_s3_bucket.logs.arn : "${aws_s3_bucket.logs.arn}/${var.prefix}"
  is_role  = var.writer == "role"
  kms_arns = var.kms_key_arn == "" ? [] : [var.kms_key_arn]
}

data "aws_iam_policy_document" "writer" {
  statement {
    sid    = "PutAndResume"
    effect = "Allow"
    actions = [
      "s3:PutObject",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
    ]
    resources = ["${local.below}/*"]
  }

  # What derrick publishes under its own names, once it no longer does. The bucket keeps the version.
  statement {
    sid       = "RemoveWhatIsNotPublished"
    effect    = "Allow"
    actions   = ["s3:DeleteObject"]
    resources = [
      "${local.below}/oil-well-data-all-historical.*",
      "${local.below}/cohort=*/oil-well-data-cohort-*.csv",
      "${local.below}/site=*/oil-well-data-site-*.csv",
      "${local.below}/*/rig_name=*/cohort=*/part-0.parquet",
      "${local.below}/manifest.json",
      "${local.below}/report.html",
    ]
  }

  # The list gives ETag and size of existing objects. HEAD would need the permission to read them.
  statement {
    sid       = "SeeWhatIsThere"
    effect    = "Allow"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.logs.arn]

    dynamic "condition" {
      for_each = var.prefix == "" ? [] : [var.prefix]
      content {
        test     = "StringLike"
        variable = "s3:prefix"
        values   = ["${condition.value}/*"]
      }
    }
  }

  # Without the condition: s3:prefix says nothing about this action, which would be refused then.
  statement {
    sid       = "SeeWhatIsUnfinished"
    effect    = "Allow"
    actions   = ["s3:ListBucketMultipartUploads"]
    resources = [aws_s3_bucket.logs.arn]
  }

  # S3 decrypts parts to assemble them, on the writer's behalf.
  dynamic "statement" {
    for_each = local.kms_arns
    content {
      sid       = "EncryptWithTheKey"
      effect    = "Allow"
      actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_policy" "writer" {
  name        = "${var.bucket_name}-derrick-write"
  description = "derrick puts objects into ${var.bucket_name}, resumes its uploads and removes old cohorts; it reads none"
  policy      = data.aws_iam_policy_document.writer.json
  tags        = var.tags
}

data "aws_iam_policy_document" "writer_trust" {
  count = local.is_role ? 1 : 0

  dynamic "statement" {
    for_each = length(var.writer_principals) == 0 ? [] : [var.writer_principals]
    content {
      effect  = "Allow"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = statement.value
      }
    }
  }

  # IAM Roles Anywhere is a service principal, for clients with a certificate of this trust anchor.
  dynamic "statement" {
    for_each = var.trust_anchor_arn == "" ? [] : [var.trust_anchor_arn]
    content {
      effect  = "Allow"
      actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]

      principals {
        type        = "Service"
        identifiers = ["rolesanywhere.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }
    }
  }
}

resource "aws_iam_role" "writer" {
  count              = local.is_role ? 1 : 0
  name               = "${var.bucket_name}-derrick"
  description        = "What derrick writes as"
  assume_role_policy = data.aws_iam_policy_document.writer_trust[0].json
  tags               = var.tags

  lifecycle {
    precondition {
      condition     = length(var.writer_principals) > 0 || var.trust_anchor_arn != ""
      error_message = "Say who may assume the role: writer_principals or trust_anchor_arn; or set writer = \"user\"."
    }
  }
}

resource "aws_iam_role_policy_attachment" "writer" {
  count      = local.is_role ? 1 : 0
  role       = aws_iam_role.writer[0].name
  policy_arn = aws_iam_policy.writer.arn
}

# No access key here: Terraform's state would contain it. Create it with
# 'aws iam create-access-key' on the machine that uses it.
resource "aws_iam_user" "writer" {
  count = local.is_role ? 0 : 1
  name  = "${var.bucket_name}-derrick"
  tags  = var.tags
}

resource "aws_iam_user_policy_attachment" "writer" {
  count      = local.is_role ? 0 : 1
  user       = aws_iam_user.writer[0].name
  policy_arn = aws_iam_policy.writer.arn
}

data "aws_iam_policy_document" "reader" {
  statement {
    sid       = "ReadObjects"
    effect    = "Allow"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${aws_s3_bucket.logs.arn}/*"]
  }

  statement {
    sid       = "ListTheBucket"
    effect    = "Allow"
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [aws_s3_bucket.logs.arn]
  }

  dynamic "statement" {
    for_each = local.kms_arns
    content {
      sid       = "DecryptWithTheKey"
      effect    = "Allow"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_policy" "reader" {
  name        = "${var.bucket_name}-read"
  description = "Reads ${var.bucket_name}, for SageMaker, Athena and people"
  policy      = data.aws_iam_policy_document.reader.json
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "sagemaker" {
  count      = var.sagemaker_role_name == "" ? 0 : 1
  role       = var.sagemaker_role_name
  policy_arn = aws_iam_policy.reader.arn
}
