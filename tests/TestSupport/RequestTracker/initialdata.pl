# What a Request Tracker of the tests holds beside what every new one has. Each user's token is printed as "token NAME TOKEN".
use utf8;

my @all = qw(SeeQueue CreateTicket ShowTicket ShowTicketComments CommentOnTicket SeeCustomField SetInitialCustomField);

sub without {
    my ($denied) = @_;
    return [ grep { $_ ne $denied } @all ];
}

sub field {
    my ( $name, @more ) = @_;
    return { Name => $name, Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket', @more };
}

my %rights = (
    'smb1'             => \@all,
    'without-rights'   => undef,
    'cannot-create'    => without('CreateTicket'),
    'cannot-show'      => without('ShowTicket'),
    'cannot-comment'   => without('CommentOnTicket'),
    'cannot-see-field' => without('SeeCustomField'),
    'cannot-set-field' => without('SetInitialCustomField'),
);

@Queues = map { { Name => $_ } } ( 'Alerts', 'Contoso', 'Elsewhere', q{Étage "2"'s \\} );

# A field without ApplyTo applies to all queues.
@CustomFields = (
    field('SMB1 Key'),
    field( 'Alerts Key', ApplyTo => ['Alerts'] ),
    field( 'Some Key',   ApplyTo => [ 'Alerts', 'Contoso' ] ),
    field( 'Chosen Key', Type    => 'SelectSingle' ),
    field( 'Twin',       ApplyTo => ['Alerts'] ),
    field( 'Twin',       ApplyTo => ['Contoso'] ),
    ( map { field($_) } ( q{O'Key}, q{Key "2"}, 'Key.Name', 'back\\slash\\', 'Ключ', q{x' OR id > 0 OR 'y}, 'a,b' ) ),
);

@Users = map { { Name => $_, Privileged => 1, EmailAddress => "$_\@example.com" } } sort keys %rights;

@ACL = map { { UserId => $_, Right => $rights{$_} } } grep { $rights{$_} } sort keys %rights;

@Final = (
    sub {
        for my $name ( 'root', sort keys %rights ) {
            my $user = RT::User->new( RT->SystemUser );
            $user->Load($name);
            my ( $done, $why, $token ) = RT::AuthToken->new( RT->SystemUser )->Create( Owner => $user->id, Description => 'tests' );
            die "No token for $name: $why" unless $done;
            print "token $name $token\n";
        }
    },
);

1;
